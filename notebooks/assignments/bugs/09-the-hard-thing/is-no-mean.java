boolean isNoMean(Bits bits) {
  return !(bits.of(new int[] {6, 3}, 5) > bits.of(new int[] {0, 3}, 5));
}
