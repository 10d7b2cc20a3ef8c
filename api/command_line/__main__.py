"""`python -m api.command_line` is `bihuan`."""

import sys

from api.command_line import main

sys.exit(main())
