//! Made-up talk whose words are as unequal as those of people: the nth most common word comes about
//! one nth as often as the first. The same talk every time.

/// Words of each language.
const WORDS: usize = 20_000;
/// Chinese characters that words are made of.
const CHARACTERS: usize = 3_500;

/// A source of talk.
pub(super) struct Talk {
    state: u64,
}

impl Default for Talk {
    fn default() -> Self {
        Self {
            state: 0x9E37_79B9_7F4A_7C15,
        }
    }
}

impl Talk {
    /// A message of either language.
    pub(super) fn message(&mut self) -> String {
        let is_chinese = self.next().is_multiple_of(2);
        let length = 4 + self.next() as usize % 16;
        let words = (0..length).map(|_| {
            let word = self.pick(WORDS);
            match is_chinese {
                true => Self::chinese(word),
                false => Self::english(word),
            }
        });
        let words: Vec<String> = words.collect();
        match is_chinese {
            true => words
                .chunks(5)
                .map(<[_]>::concat)
                .collect::<Vec<_>>()
                .join("，"),
            false => words.join(" "),
        }
    }

    /// One of so many, the first ones far more often.
    pub(super) fn pick(&mut self, many: usize) -> usize {
        let even = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        ((many as f64 + 1.0).powf(even) - 1.0) as usize % many
    }

    /// The nth most common English word.
    pub(super) fn english(n: usize) -> String {
        const SYLLABLES: [&str; 20] = [
            "ta", "re", "mi", "so", "lu", "ben", "kar", "dos", "pin", "vel", "an", "or", "est",
            "ing", "un", "com", "tra", "sha", "wo", "ye",
        ];
        let mut rest = mixed(n as u64) % 8_000 * WORDS as u64 + n as u64;
        let mut word = String::new();
        for _ in 0..2 + n.checked_ilog2().unwrap_or_default() / 5 {
            word.push_str(SYLLABLES[(rest % 20) as usize]);
            rest /= 20;
        }
        word
    }

    /// The nth most common Chinese word: two characters, common ones in many words.
    pub(super) fn chinese(n: usize) -> String {
        let mut talk = Self {
            state: mixed(n as u64 + 1) | 1,
        };
        (0..2)
            .filter_map(|_| char::from_u32(0x4E00 + talk.pick(CHARACTERS) as u32))
            .collect()
    }

    fn next(&mut self) -> u64 {
        // xorshift64*
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        self.state.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }
}

fn mixed(n: u64) -> u64 {
    let mixed = (n + 1).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB) >> 8
}
