//! The module that `stages_on_a_module_elsewhere` names.

pub fn present() {}
