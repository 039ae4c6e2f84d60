boolean isNoDensity(DoubleBinaryOperator logp) {
  for (double a = -5; a <= 5; a++) {
    if (Math.abs(Math.exp(logp.applyAsDouble(0, a)) + Math.exp(logp.applyAsDouble(1, a)) - 1) > 1e-9) {
      return true;
    }
  }
  return false;
}
