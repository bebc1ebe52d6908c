"""The probe: what a file is, the first analysis of every upload."""

from l1.analyses.analysis import Analysis
from l1.media.probing import probe

PROBE = Analysis(
    name="probe",
    version=1,
    summary="Finds out what a file is: kind, codecs, size, length, rate, and whether it is whole",
    analyse=probe,
)
