package org.lowerbound;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.lowerbound.data.Backend;
import org.lowerbound.train.Model;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The rules of CONTRIBUTING.md about who may know whom, read from the compiled classes; and that
 * each rule can fail, shown on a class that breaks it.
 */
class ArchitectureTest {

  private static final String[] SERVICES = {"data", "train", "numerics", "plot", "claims"};

  /** Chapters that build on another one's package. All others stand alone. */
  private static final Map<String, String> BUILDS_ON =
      Map.of("semisupervised", "vae", "anomaly", "vae", "hierarchy", "vae");

  /** What carries out a graph of SameDiff. */
  private static final Set<String> RUNS =
      Set.of(
          "output",
          "outputSingle",
          "outputAll",
          "outputValues",
          "batchOutput",
          "singleBatchOutput",
          "fit",
          "evaluate",
          "eval",
          "execBackwards",
          "calculateGradients",
          "calculateGradientsAndOutputs");

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("org.lowerbound");

  private static String part(JavaClass c) {
    String name = c.getPackageName();
    return name.equals("org.lowerbound")
        ? ""
        : name.substring("org.lowerbound.".length()).split("\\.")[0];
  }

  private static boolean chapter(JavaClass c) {
    return c.getPackageName().startsWith("org.lowerbound.") && !List.of(SERVICES).contains(part(c));
  }

  @Test
  void theClassesWereFound() {
    Set<String> parts = new HashSet<>();
    MAIN.forEach(c -> parts.add(part(c)));
    assertTrue(parts.containsAll(List.of(SERVICES)), parts.toString());
    assertTrue(parts.containsAll(List.of("variations", "entropy", "meanfield", "vae", "made")));
    assertTrue(MAIN.size() > 150, MAIN.size() + " classes");
  }

  @Test
  void servicesKnowNoChapter() {
    String[] packages = new String[SERVICES.length];
    for (int i = 0; i < packages.length; i++) {
      packages[i] = "org.lowerbound." + SERVICES[i] + "..";
    }
    noClasses()
        .that(resideInAnyPackage(packages))
        .should()
        .dependOnClassesThat(describe("belong to a chapter", ArchitectureTest::chapter))
        .check(MAIN);
    noClasses()
        .that()
        .resideInAPackage("org.lowerbound.numerics")
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages("org.lowerbound.numerics", "java..")
        .check(MAIN);
  }

  @Test
  void aChapterKnowsNoOtherChapter() {
    classes()
        .that(describe("belong to a chapter", ArchitectureTest::chapter))
        .should(
            new ArchCondition<>("know no other chapter's package") {
              @Override
              public void check(JavaClass from, ConditionEvents events) {
                from.getDirectDependenciesFromSelf().stream()
                    .filter(d -> chapter(d.getTargetClass()))
                    .filter(d -> !part(d.getTargetClass()).equals(part(from)))
                    .filter(d -> !part(d.getTargetClass()).equals(BUILDS_ON.get(part(from))))
                    .forEach(d -> events.add(SimpleConditionEvent.violated(d, d.getDescription())));
              }
            })
        .check(MAIN);
  }

  /** Size is the word that all of them share; it depends on nothing and stands for itself. */
  private static final SliceAssignment PACKAGES =
      new SliceAssignment() {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass c) {
          JavaClass outer = c;
          while (outer.getEnclosingClass().isPresent()) {
            outer = outer.getEnclosingClass().get();
          }
          return outer.getName().equals(Size.class.getName())
              ? SliceIdentifier.of("Size")
              : SliceIdentifier.of(c.getPackageName());
        }

        @Override
        public String getDescription() {
          return "packages";
        }
      };

  @Test
  void packagesHaveNoCircles() {
    slices().assignedFrom(PACKAGES).should().beFreeOfCycles().check(MAIN);
  }

  private static final ArchRule ONLY_TRAIN_RUNS_GRAPHS =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.lowerbound.train..")
          .should()
          .callMethodWhere(
              describe(
                  "a graph is carried out",
                  (JavaCall<?> call) ->
                      RUNS.contains(call.getName())
                          && call.getTargetOwner()
                              .getPackageName()
                              .equals("org.nd4j.autodiff.samediff")));

  @Test
  void onlyTrainRunsGraphs() {
    ONLY_TRAIN_RUNS_GRAPHS.check(MAIN);
    JavaClasses breaks = new ClassFileImporter().importClasses(RunsAGraph.class);
    assertThrows(AssertionError.class, () -> ONLY_TRAIN_RUNS_GRAPHS.check(breaks));
  }

  /** What the rule is there to find. */
  static final class RunsAGraph {
    static Object run(org.nd4j.autodiff.samediff.SameDiff sd) {
      return sd.outputSingle(Map.of(), "x");
    }
  }

  /** Calls whose text depends on the machine's language. */
  private static final ArchRule NO_LOCALE =
      noClasses()
          .should()
          .callMethodWhere(
              describe(
                  "numbers or letters would depend on the machine's language",
                  (JavaCall<?> call) -> {
                    String owner = call.getTargetOwner().getName();
                    String first =
                        call.getTarget().getRawParameterTypes().isEmpty()
                            ? ""
                            : call.getTarget().getRawParameterTypes().get(0).getName();
                    boolean given = first.equals("java.util.Locale");
                    return switch (call.getName()) {
                      case "format" ->
                          !given
                              && Set.of("java.lang.String", "java.io.PrintStream").contains(owner);
                      case "printf", "toLowerCase", "toUpperCase" ->
                          !given && owner.startsWith("java.");
                      case "formatted" -> owner.equals("java.lang.String");
                      case "ofPattern", "getInstance", "getNumberInstance", "getPercentInstance" ->
                          !given
                              && (owner.startsWith("java.text") || owner.startsWith("java.time"));
                      default -> false;
                    };
                  }))
          .orShould()
          .callConstructor(java.text.DecimalFormat.class, String.class)
          .orShould()
          .callConstructor(java.text.SimpleDateFormat.class, String.class)
          .orShould()
          .callConstructor(java.util.Formatter.class)
          .orShould()
          .callConstructor(java.util.Formatter.class, Appendable.class);

  @Test
  void textDoesNotDependOnTheLanguageOfTheMachine() {
    NO_LOCALE.check(MAIN);
    String report =
        assertThrows(
                AssertionError.class,
                () ->
                    NO_LOCALE.check(
                        new ClassFileImporter().importClasses(SpeaksTheLocalLanguage.class)))
            .getMessage();
    assertEquals(5, report.lines().filter(line -> line.contains("SpeaksTheLocal")).count(), report);
  }

  /** What the rule is there to find, five times. */
  static final class SpeaksTheLocalLanguage {
    static String speak(double x) {
      System.out.printf("%.1f", x);
      return String.format("%d", 1)
          + "%.2f".formatted(x)
          + "QUICK".toLowerCase()
          + new java.text.DecimalFormat("0.0").format(x);
    }
  }

  /** A record's own text prints doubles with 17 digits and arrays as [D@1b6d3586. */
  @Test
  void everyPublicRecordHasAReadableText() {
    classes()
        .that(describe("are public records", ArchitectureTest::publicRecord))
        .should(
            new ArchCondition<>("say their numbers and arrays readably") {
              @Override
              public void check(JavaClass c, ConditionEvents events) {
                boolean numbers =
                    c.getFields().stream()
                        .filter(f -> !f.getModifiers().contains(JavaModifier.STATIC))
                        .map(f -> f.getRawType())
                        .anyMatch(
                            t ->
                                t.isArray()
                                    || t.isEquivalentTo(double.class)
                                    || t.isEquivalentTo(float.class)
                                    || t.isEquivalentTo(OptionalDouble.class));
                // The compiler's own toString of a record is final; one that is written is not.
                boolean own = !c.getMethod("toString").getModifiers().contains(JavaModifier.FINAL);
                if (numbers && !own) {
                  events.add(
                      SimpleConditionEvent.violated(
                          c, c.getName() + " has no toString(): return Numbers.record(this)"));
                }
              }
            })
        .check(MAIN);
    assertTrue(MAIN.stream().filter(ArchitectureTest::publicRecord).count() > 25);
  }

  /**
   * In a notebook into which %maven brought the library ND4J does not find its backend by itself.
   */
  private static final ArchRule WHO_USES_ND4J_FINDS_ITS_BACKEND =
      classes()
          .that(
              describe(
                  "are public and call Nd4j",
                  c -> c.getModifiers().contains(JavaModifier.PUBLIC) && calls(c, Nd4j.class)))
          .should(
              new ArchCondition<>("see to the backend when they are loaded") {
                @Override
                public void check(JavaClass c, ConditionEvents events) {
                  // A model does so by its interface.
                  if (!c.isAssignableTo(Model.class) && !calls(c, Backend.class)) {
                    events.add(
                        SimpleConditionEvent.violated(
                            c, c.getName() + ": static { Backend.find(); }"));
                  }
                }
              });

  private static boolean calls(JavaClass c, Class<?> called) {
    return c.getMethodCallsFromSelf().stream()
        .anyMatch(call -> call.getTargetOwner().isEquivalentTo(called));
  }

  @Test
  void whoUsesNd4jFindsItsBackend() {
    WHO_USES_ND4J_FINDS_ITS_BACKEND.check(MAIN);
    JavaClasses breaks = new ClassFileImporter().importClasses(UsesNd4j.class);
    assertThrows(AssertionError.class, () -> WHO_USES_ND4J_FINDS_ITS_BACKEND.check(breaks));
  }

  /** What the rule above refuses. */
  public static final class UsesNd4j {
    INDArray one() {
      return Nd4j.scalar(1);
    }
  }

  private static boolean publicRecord(JavaClass c) {
    return c.isRecord() && c.getModifiers().contains(JavaModifier.PUBLIC);
  }
}
