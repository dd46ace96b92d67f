namespace Samples;

/// <summary>The name that a server of the test answers with.</summary>
public sealed record PodName(string Name);
