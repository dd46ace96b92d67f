namespace Berth.Dispatcher.Files;

/// <summary>One token of a token file, without the token.</summary>
/// <param name="Name">The name, for metrics and messages.</param>
/// <param name="Targets">The targets that its bearer may ask for, or null for all.</param>
internal sealed record NamedToken(string Name, IReadOnlySet<ServiceTarget>? Targets);
