//! What must be true at the end, and whether it was.

/// A list of claims with their outcome.
#[derive(Default)]
pub struct Checks(Vec<(String, bool)>);

impl Checks {
    /// Records a claim; `detail` carries the numbers behind it.
    pub fn claim(&mut self, held: bool, detail: impl Into<String>) {
        let detail = detail.into();
        if !held {
            println!("  ✗ {detail}");
        }
        self.0.push((detail, held));
    }

    pub fn iter(&self) -> impl Iterator<Item = &(String, bool)> {
        self.0.iter()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn failed(&self) -> usize {
        self.0.iter().filter(|(_, held)| !held).count()
    }
}
