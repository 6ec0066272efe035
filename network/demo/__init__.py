"""The demo world: real reference data with its sources, and an invented network that lives on it.

`data/*.json` is what is said; `reference` puts the real bodies into the register; `cast` and `life` let the invented
people act through the actions of the rooms; `larger` and `bench` make the world big enough to measure.
Nothing in the house imports this package: only `manage.py seed` and the tests do.
"""
