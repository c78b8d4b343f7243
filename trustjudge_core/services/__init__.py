"""What the app and the command line can do, one verb per file; the only code that joins core and db."""
