namespace Berth.Planning;

/// <summary>One fault of a plan.</summary>
/// <param name="Rule">The rule that found it.</param>
/// <param name="Level">Its weight.</param>
/// <param name="Subject">The object, as in <c>StatefulSet games/lobby</c>.</param>
/// <param name="Location">The file and line to change.</param>
/// <param name="What">The fault with its values: a sentence.</param>
/// <param name="Why">The effect of the fault: a sentence.</param>
/// <param name="Remedy">What to do: a sentence.</param>
/// <param name="Related">The other object's file and line, or null.</param>
public sealed record PlanFault(
    PlanRule Rule, PlanLevel Level, string Subject, PlanLocation Location, string What, string Why, string Remedy,
    PlanLocation? Related = null);
