"""python -m bench [names] [--quick]"""

import argparse
import sys

from bench import main

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="bench", description="measure against named peers")
    parser.add_argument("names", nargs="*", help="which benchmarks; all by default")
    parser.add_argument("--quick", action="store_true", help="small sizes: does it run at all?")
    given = parser.parse_args()
    sys.exit(main(given.names, "quick" if given.quick else "full"))
