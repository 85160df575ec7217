"""Arabic as written in Djibouti. Django writes a date with its time in the American way."""

DATE_FORMAT = "j F Y"
SHORT_DATE_FORMAT = "d/m/Y"
SHORT_DATETIME_FORMAT = "d/m/Y H:i"
DATETIME_FORMAT = "j F Y H:i"
TIME_FORMAT = "H:i"
