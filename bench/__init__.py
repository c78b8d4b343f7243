"""How fast TrustJudge is, as ratios taken inside one run (DESIGN section 13). Start with `make bench`."""
