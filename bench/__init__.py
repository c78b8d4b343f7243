"""How fast TrustJudge is, as ratios taken inside one run. Start with `make bench`."""
