package org.lowerbound.anomaly;

import org.lowerbound.numerics.Checks;
import org.lowerbound.plot.Numbers;

/**
 * What mistakes cost: of all rows the part π is anomalous; a false alarm costs c, a miss m. The
 * expected cost of a row is
 *
 * <pre>  (1 − π) c f + π m (1 − d)</pre>
 *
 * <p>for f false alarms and d detections. Lines of equal cost in the plane of the two rates have
 * the slope (1 − π) c/(π m), so that the best point of a curve depends on the cost and its area
 * does not.
 *
 * @param prevalence π, between 0 and 1
 * @param falseAlarm c, positive
 * @param miss m, positive
 */
public record Cost(double prevalence, double falseAlarm, double miss) {

  /** Checks the numbers. */
  public Cost {
    Checks.require(
        prevalence > 0 && prevalence < 1,
        "The part of anomalous rows lies between 0 and 1, not at %s.",
        prevalence);
    Checks.positive("The cost of a false alarm", falseAlarm);
    Checks.positive("The cost of a miss", miss);
  }

  /** The expected cost of a row at these rates. */
  public double of(RocCurve.Rates rates) {
    return (1 - prevalence) * falseAlarm * rates.falseAlarms()
        + prevalence * miss * (1 - rates.detections());
  }

  /** The slope of lines of equal cost, (1 − π) c/(π m). */
  public double slope() {
    return (1 - prevalence) * falseAlarm / (prevalence * miss);
  }

  /**
   * The threshold with the least cost on the rows of a curve, infinity (no alarm) included. Chosen
   * on rows, it is best on those rows: a cost on the same rows is too good.
   */
  public double best(RocCurve curve) {
    double best = Double.POSITIVE_INFINITY;
    double least = of(curve.at(best));
    for (double threshold : curve.thresholds()) {
      double cost = of(curve.at(threshold));
      if (cost < least) {
        least = cost;
        best = threshold;
      }
    }
    double all = Double.NEGATIVE_INFINITY;
    return of(curve.at(all)) < least ? all : best;
  }

  /** The numbers. */
  @Override
  public String toString() {
    return Numbers.record(this);
  }
}
