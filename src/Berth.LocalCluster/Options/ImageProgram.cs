namespace Berth.LocalCluster;

/// <summary>A program of this machine that stands in for a container image.</summary>
/// <param name="Executable">Full path of the program.</param>
/// <param name="LeadingArguments">Arguments put before those of the manifest, for example a .dll to run.</param>
public sealed record ImageProgram(string Executable, params IReadOnlyList<string> LeadingArguments);
