"""What this app announces, after commit and with ``send_robust``.

``course_published``: a course has a new version, or is back on offer. Arguments: ``course_id``
(UUID), ``version`` (int). Not sent when the same outline is published twice.
``h5p_installed``: the ``install_h5p`` command has kept an exercise. Arguments: ``package``
(``courses.h5p.installing.InstalledPackage``), ``file_name`` (str).
"""

from django.dispatch import Signal

course_published = Signal()
h5p_installed = Signal()
