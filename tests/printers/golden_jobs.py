"""The slips whose bytes are kept, and the command that renews them: `python -m tests.printers.golden_jobs`.

Look at the paper before renewing: `python -m printer_drivers` on a virtual printer shows it. The fonts, Pillow and
FreeType are in the lock, so the bytes change only with them or with the drawing.
"""

import dataclasses
import hashlib
from pathlib import Path

import assets
from printer_drivers.dialect import IMAGES, Image
from printer_drivers.drawing import job_of
from printer_drivers.paper import FORMS, PAPERS, Form, Paper, make_paper
from printer_drivers.slip import Slip

FOLDER = Path(__file__).parent / "golden"
# A raster job is 20 to 40 KB; its sum is kept instead.
SUMS = FOLDER / "drawn.sha256"

WIDTHS = (360, 384, 432, 504, 512, 544, 576, 640, 832)
"""The heads in use, narrowest first."""

USUAL = Slip(
    center="TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG XÃ BẢO HÀ",
    service="Chứng thực",
    number="A015",
    icon=assets.icon("stamper"),
    lines=("Trước ông/bà còn 4 người (lúc 08:12)", "Dự kiến chờ khoảng 10–20 phút", "Chờ gọi vào Quầy 1 hoặc 2"),
    qr="http://192.168.1.10:8080/t/GEZDGNBVGY3TQOJQGEZDGNBVGY",
    qr_caption="Quét mã để theo dõi lượt của ông/bà",
    time_line="08:12 · Thứ Hai, 23/11/2026",
    note=(
        "Phiếu chỉ dùng để xếp hàng, không thay thế Giấy tiếp nhận hồ sơ và hẹn trả kết quả. "
        "Phiếu có giá trị trong ngày 23/11/2026."
    ),
)
"""What a kiosk of a commune prints all day."""

FULL = dataclasses.replace(
    USUAL,
    service="Giáo dục - Y tế - Văn hóa - Nội vụ - Dân tộc, tôn giáo",
    priority_mark="ƯU TIÊN",
    reprint_mark="IN LẠI lần 1",
)
"""The longest service name in use, with both marks."""

SLIPS = {"usual": USUAL, "full": FULL}


def paper_of(width_dots: int, form: Form, image: Image = "raster") -> Paper:
    """Return the paper of this width in this form and dialect."""
    paper = make_paper(width_dots)
    return dataclasses.replace(paper, form=form, dialect=dataclasses.replace(paper.dialect, image=image))


def job_bytes(name: str, form: Form, width_dots: int, image: Image = "raster") -> bytes:
    """Return the whole job of one of the slips."""
    return b"".join(job_of(SLIPS[name], paper_of(width_dots, form, image)))


def drawn_sums() -> str:
    """Return the sums of the jobs drawn in either dialect, one a line, as sha256sum writes them."""
    cases = [(name, width, image) for name in SLIPS for width in WIDTHS for image in IMAGES]
    jobs = ((job_bytes(name, "raster", width, image), f"{name}-{width}-{image}") for name, width, image in cases)
    return "".join(f"{hashlib.sha256(job).hexdigest()}  {title}\n" for job, title in jobs)


def golden_path(name: str, form: Form, width_dots: int) -> Path:
    """Return where the bytes of a small job are kept."""
    return FOLDER / f"{name}-{form}-{width_dots}.bin"


def renew() -> None:
    """Write what is printed today."""
    FOLDER.mkdir(exist_ok=True)
    SUMS.write_text(drawn_sums(), encoding="ascii")
    for name in SLIPS:
        for form in set(FORMS) - {"raster"}:
            for width in PAPERS:
                golden_path(name, form, width).write_bytes(job_bytes(name, form, width))


if __name__ == "__main__":
    renew()
