"""Grades what students hand in: see ../course. nbgrader calls it through its settings in ../jupyter."""
