use measured_core::measured_stages;

#[measured_stages]
mod elsewhere;

fn main() {
    elsewhere::present();
}
