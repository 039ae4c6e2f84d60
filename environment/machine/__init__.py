"""The course on somebody's machine: what it needs there, how it is set up, what is started. The standard library of
Python 3.10 is enough for all of it; Linux, macOS and Windows differ in platforms.py alone."""
