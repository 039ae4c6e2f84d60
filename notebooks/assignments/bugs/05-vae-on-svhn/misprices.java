boolean misprices(LogMass law) {
  return Math.abs(excessMass(law, 0, 1 / 403.0)) > 1e-6;
}
