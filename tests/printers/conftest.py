"""The slip that most printer tests print, in the words of a real center."""

import pytest

from printer_drivers.slip import Slip


@pytest.fixture
def slip() -> Slip:
    """Return a usual slip with a code."""
    return Slip(
        center="TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG XÃ BẢO HÀ",
        service="Chứng thực",
        number="A015",
        lines=("Trước ông/bà còn 4 người (lúc 08:12) · khoảng 10–20 phút", "Chờ gọi vào Quầy 1 hoặc 2"),
        qr="http://192.168.1.10:8080/t/GEZDGNBVGY3TQOJQGEZDGNBVGY",
        qr_caption="Quét mã để theo dõi lượt của ông/bà",
        time_line="08:12 · Thứ Hai, 23/11/2026",
        note="Phiếu chỉ dùng để xếp hàng, không thay thế Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
    )
