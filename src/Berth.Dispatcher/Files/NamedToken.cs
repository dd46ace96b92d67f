namespace Berth.Dispatcher.Files;

/// <summary>One token of a token file. Only its hash is kept.</summary>
/// <param name="Name">The name, for metrics and messages.</param>
/// <param name="Hash">The SHA-256 hash of the token.</param>
/// <param name="Targets">The targets that its bearer may ask for, or null for all.</param>
internal sealed record NamedToken(string Name, byte[] Hash, IReadOnlySet<ServiceTarget>? Targets);
