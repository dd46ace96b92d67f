namespace Berth.Kubernetes.Reflector;

/// <summary>What a step changes outside its own state. The step returns it, and the reflector applies it.</summary>
/// <param name="Learned">What the answer showed of the server.</param>
/// <param name="Restart">The cause of a restart to count, one of <see cref="RestartCause"/>, or null.</param>
/// <param name="Strikes">How many watches in a row have now ended without progress, or null when that did not change.</param>
internal readonly record struct StepEffects(Learned Learned = Learned.None, string? Restart = null, int? Strikes = null);
