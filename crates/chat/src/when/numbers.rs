//! Numbers in digits, and in Chinese up to ninety-nine.

/// A whole number at the beginning of a text.
pub(super) fn whole(text: &str) -> Option<(i64, &str)> {
    let text = text.trim_start();
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    // Longer ones are no times.
    if (1..=4).contains(&end) {
        return Some((text[..end].parse().ok()?, &text[end..]));
    }
    chinese(text)
}

/// 两, 十五, 二十, 三十五, 零五.
fn chinese(text: &str) -> Option<(i64, &str)> {
    let digit = |c: char| {
        let at = "零一二三四五六七八九".chars().position(|known| known == c);
        match c {
            '〇' => Some(0),
            '两' => Some(2),
            _ => at.and_then(|at| i64::try_from(at).ok()),
        }
    };
    let mut value: Option<i64> = None;
    let mut tens = None;
    let mut end = 0;
    for (at, c) in text.char_indices() {
        match (c, digit(c)) {
            ('十', _) if tens.is_none() => {
                tens = Some(value.take().unwrap_or(1) * 10);
            }
            (_, Some(found)) if value.is_none_or(|value| value == 0) => value = Some(found),
            _ => break,
        }
        end = at + c.len_utf8();
    }
    let number = match (tens, value) {
        (None, value) => value?,
        (Some(tens), value) => tens + value.unwrap_or(0),
    };
    Some((number, &text[end..]))
}
