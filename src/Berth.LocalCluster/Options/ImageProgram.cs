namespace Berth.LocalCluster;

/// <summary>A program of this machine that runs instead of a container image.</summary>
/// <param name="Executable">The full path of the program.</param>
/// <param name="LeadingArguments">The arguments before those of the manifest, for example a .dll to run.</param>
public sealed record ImageProgram(string Executable, params IReadOnlyList<string> LeadingArguments);
