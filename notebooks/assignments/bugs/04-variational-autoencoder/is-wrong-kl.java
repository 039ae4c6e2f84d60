boolean isWrongKl(ToDoubleBiFunction<double[], double[]> klOf) {
  return !(Math.abs(klOf.applyAsDouble(new double[] {0}, new double[] {0})) < 1e-9);
}
