use measured_core::profile;

fn main() {
    profile::scope!(parse);
    profile::scope!("parse", 3);
}
