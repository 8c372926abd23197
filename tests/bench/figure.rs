//! A figure with its floor, the statistics of both, and how they are told: as a table to a
//! person, as JSON with stable fields to a program.

use std::fmt;

use serde::Serialize;

/// Fewest measurements from which a 99th percentile is told.
const ENOUGH_FOR_P99: usize = 100;

/// What was measured, again and again.
pub(crate) struct Sample(Vec<f64>);

impl Sample {
    /// Measurements in any order.
    pub(crate) fn new(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    /// One exact value.
    pub(crate) fn once(value: f64) -> Self {
        Self(vec![value])
    }

    /// The smallest measurement that so many per cent of all do not exceed; not a number
    /// where nothing was measured.
    fn percentile(&self, per_cent: usize) -> f64 {
        let rank = (self.0.len() * per_cent).div_ceil(100).max(1);
        self.0.get(rank - 1).copied().unwrap_or(f64::NAN)
    }

    /// Median, 90th and 99th percentile.
    pub(crate) fn told(&self) -> (f64, f64, f64) {
        (self.percentile(50), self.percentile(90), self.percentile(99))
    }

    fn p99(&self) -> Option<f64> {
        (self.0.len() >= ENOUGH_FOR_P99).then(|| self.percentile(99))
    }
}

/// One figure. Its fields are what `--json` prints: they are added to, never renamed.
#[derive(Serialize)]
pub(crate) struct Figure {
    /// Name that never changes.
    name: &'static str,
    unit: &'static str,
    /// Median.
    value: f64,
    p90: f64,
    /// None where there are too few measurements for it.
    p99: Option<f64>,
    /// Measurements.
    n: usize,
    /// Median of the floor.
    floor: f64,
    floor_p90: f64,
    floor_p99: Option<f64>,
    floor_name: &'static str,
    /// What else does the same, measured in the same run.
    peers: Vec<Peer>,
    /// How it was measured.
    how: String,
}

/// What stands beside a figure, besides its floor.
#[derive(Serialize)]
struct Peer {
    name: &'static str,
    /// Median.
    value: f64,
    p90: f64,
    p99: Option<f64>,
    n: usize,
}

impl Figure {
    /// A figure beside its floor.
    pub(crate) fn new(
        (name, unit): (&'static str, &'static str),
        value: &Sample,
        (floor_name, floor): (&'static str, &Sample),
        how: impl Into<String>,
    ) -> Self {
        Self {
            name,
            unit,
            value: value.percentile(50),
            p90: value.percentile(90),
            p99: value.p99(),
            n: value.0.len(),
            floor: floor.percentile(50),
            floor_p90: floor.percentile(90),
            floor_p99: floor.p99(),
            floor_name,
            peers: Vec::new(),
            how: how.into(),
        }
    }

    /// The same figure with one more beside it.
    pub(crate) fn beside(mut self, name: &'static str, sample: &Sample) -> Self {
        let (value, p90, p99) = (sample.percentile(50), sample.percentile(90), sample.p99());
        self.peers.push(Peer { name, value, p90, p99, n: sample.0.len() });
        self
    }
}

/// Everything that one run measured, and on what.
#[derive(Serialize)]
pub(crate) struct Report {
    machine: Machine,
    /// In the order in which they were measured.
    pub(crate) figures: Vec<Figure>,
}

#[derive(Serialize)]
struct Machine {
    cores: usize,
    processor: String,
    memory_mb: u64,
    system: String,
    kernel: String,
    /// Processes that wanted a core in the minute before the run: what else was going on.
    load: String,
}

impl Report {
    /// Nothing measured yet.
    pub(crate) fn begin() -> Self {
        let of = |file: &str, key: &str, separator: char| {
            let text = std::fs::read_to_string(file).unwrap_or_default();
            let mut lines = text.lines().filter_map(|line| line.split_once(separator));
            let found = lines.find(|(name, _)| name.trim() == key).map(|(_, value)| value);
            found.unwrap_or_default().trim().trim_matches('"').to_owned()
        };
        let first_word = |text: String| text.split_whitespace().next().unwrap_or("0").to_owned();
        let whole = |file: &str| std::fs::read_to_string(file).unwrap_or_default();
        let memory_kib: u64 =
            first_word(of("/proc/meminfo", "MemTotal", ':')).parse().unwrap_or_default();
        let machine = Machine {
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            processor: of("/proc/cpuinfo", "model name", ':'),
            memory_mb: memory_kib * 1024 / 1_000_000,
            system: of("/etc/os-release", "PRETTY_NAME", '='),
            kernel: first_word(whole("/proc/sys/kernel/osrelease")),
            load: first_word(whole("/proc/loadavg")),
        };
        Self { machine, figures: Vec::new() }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Machine { cores, processor, memory_mb, system, kernel, load } = &self.machine;
        writeln!(
            f,
            "{cores} cores ({processor}), {memory_mb} MB, {system}, kernel {kernel}, load {load}\n"
        )?;
        writeln!(
            f,
            "{:34} {:>11} {:>11} {:>11} {:>4}  {:>11} {:>11} {:>11}  unit",
            "figure", "median", "p90", "p99", "n", "floor", "p90", "p99"
        )?;
        for figure in &self.figures {
            let p99 = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), number);
            writeln!(
                f,
                "{:34} {:>11} {:>11} {:>11} {:>4}  {:>11} {:>11} {:>11}  {}",
                figure.name,
                number(figure.value),
                number(figure.p90),
                p99(figure.p99),
                figure.n,
                number(figure.floor),
                number(figure.floor_p90),
                p99(figure.floor_p99),
                figure.unit
            )?;
            for Peer { name, value, p90, p99: rare, n } in &figure.peers {
                let (value, p90, rare) = (number(*value), number(*p90), p99(*rare));
                writeln!(
                    f,
                    "{:34} {value:>11} {p90:>11} {rare:>11} {n:>4}  {name}",
                    "  beside it"
                )?;
            }
        }
        writeln!(f)?;
        for figure in &self.figures {
            writeln!(f, "{}: {} Floor: {}.", figure.name, figure.how, figure.floor_name)?;
        }
        Ok(())
    }
}

/// Whole where it is whole.
fn number(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}
