//! Chance that is the same for the same seed, on every machine and in every version: SplitMix64,
//! a stream of its own for each thing that is made.

/// The odd constant of SplitMix64.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// A stream of chance.
pub(super) struct Chance(u64);

impl Chance {
    /// The stream of what is called `of`, for a seed.
    pub(super) fn new(seed: u64, of: &str) -> Self {
        let mut state = mixed(seed.wrapping_add(STEP));
        for byte in of.bytes() {
            state = mixed(state ^ u64::from(byte)).wrapping_add(STEP);
        }
        Self(state)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mixed(self.0)
    }

    /// A number below `end`; 0 where there is none.
    pub(super) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % end).unwrap_or_default()
    }

    /// A number from `low` to `high`, both of which may come.
    pub(super) fn between(&mut self, low: u32, high: u32) -> u32 {
        let width = u64::from(high.saturating_sub(low)) + 1;
        low + u32::try_from(self.next() % width).unwrap_or_default()
    }

    /// Whether something comes about that does so `of_hundred` times.
    pub(super) fn percent(&mut self, of_hundred: u32) -> bool {
        self.between(1, 100) <= of_hundred
    }

    /// One of several; the default where there is none.
    pub(super) fn pick<T: Copy + Default>(&mut self, from: &[T]) -> T {
        from.get(self.below(from.len())).copied().unwrap_or_default()
    }

    /// At most `count` of several, in the order in which they stand there.
    pub(super) fn some<T: Clone>(&mut self, from: &[T], count: usize) -> Vec<T> {
        let mut places: Vec<usize> = (0..from.len()).collect();
        self.shuffle(&mut places);
        places.truncate(count);
        places.sort_unstable();
        places.into_iter().filter_map(|at| from.get(at).cloned()).collect()
    }

    /// Puts all into another order.
    pub(super) fn shuffle<T>(&mut self, all: &mut [T]) {
        for at in (1..all.len()).rev() {
            let other = self.below(at + 1);
            all.swap(at, other);
        }
    }
}

fn mixed(mut state: u64) -> u64 {
    state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first numbers of the published SplitMix64 for the seed 1234567.
    #[test]
    fn it_is_splitmix64() {
        let mut chance = Chance(1_234_567);
        let numbers = [chance.next(), chance.next(), chance.next()];
        assert_eq!(
            numbers,
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }
}
