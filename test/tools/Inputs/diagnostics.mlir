// expected-error @+1 {{expected a tensor, got 'f32'}}
// expected-error @+1 {{expected a number}}
// opening failed
