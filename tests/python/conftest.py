import os, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from fixtures import program, records, survey  # noqa: E402,F401
