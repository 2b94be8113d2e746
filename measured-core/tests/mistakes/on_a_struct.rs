use measured_core::measured_stage;

#[measured_stage]
struct Stage {
    factor: u32,
}

fn main() {
    assert_eq!(Stage { factor: 2 }.factor, 2);
}
