"""TrustJudge core: from file bytes to an audit of a judge, without a browser."""

__version__ = "0.1.0"
