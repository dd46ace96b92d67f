namespace Berth.Kubernetes.Reflector;

/// <summary>The effects of a step outside its own state. The step returns them, and the reflector applies them.</summary>
/// <param name="Learned">The facts about the server that the answer showed.</param>
/// <param name="Restart">The cause of a restart to count, one of <see cref="RestartCause"/>, or null.</param>
/// <param name="Strikes">The number of watches in a row that have ended without progress, or null when it did not change.</param>
internal readonly record struct StepEffects(Learned Learned = Learned.None, string? Restart = null, int? Strikes = null);
