use measured_core::profiled;

#[profiled]
mod elsewhere;

fn main() {
    elsewhere::present();
}
