"""META/LISEZMOI.txt: what a person finds who opens a pack with a zip tool."""

from __future__ import annotations

from offline_pack.format.manifest import Manifest

_TEXT = """\
{title} (version {rev})

FRANÇAIS
Ce fichier est un paquet de cours Yelen. Ne le décompressez pas.
Copiez-le tel quel sur une clé USB et branchez-la sur le serveur du télécentre.
Puis ouvrez la page «\u00a0Paquets\u00a0» et appuyez sur «\u00a0Installer\u00a0».

ENGLISH
This file is a Yelen course pack. Do not unzip it.
Copy it as it is onto a USB stick and plug that into the telecentre's server.
Then open the page "Packs" and press "Install".

العربية
هذا الملف حزمة دورة تدريبية من «يلين». لا تفكّوا ضغطه.
انسخوه كما هو على ذاكرة USB، ثم وصّلوها بخادم المركز الرقمي.
ثم افتحوا صفحة «الحزم» واضغطوا «تثبيت».

SOOMAALI
Faylkani waa xirmo koorso oo Yelen ah. Ha furfurin.
Sidiisa ugu koobi USB, kuna xir serfarka xarunta.
Kadib fur bogga xirmooyinka oo riix "Rakib".
"""


def readme(manifest: Manifest) -> bytes:
    title = manifest.title[manifest.default_lang]
    text = _TEXT.format(title=title, rev=manifest.rev)
    return text.replace("\n", "\r\n").encode("utf-8")  # for the plainest of Windows editors
