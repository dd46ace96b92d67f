namespace Berth.Cli.Tests.Running;

/// <summary>The two forms of the program: the built assembly through dotnet, and the Native AOT program that ./test publishes.</summary>
internal static class Programs
{
    public const string Managed = "managed";
    public const string Native = "native";

    /// <summary>Names the Native AOT program. Not set, its tests are skipped.</summary>
    private const string NativeVariable = "BERTH_AOT_PROGRAM";

    public static TheoryData<string> Both { get; } = [Managed, Native];

    public static (string Executable, string[] Leading) Find(string form)
    {
        if (form == Managed)
            return ("dotnet", [Path.Combine(AppContext.BaseDirectory, "Berth.Cli.dll")]);
        string? native = Environment.GetEnvironmentVariable(NativeVariable);
        Assert.SkipWhen(string.IsNullOrEmpty(native), $"{NativeVariable} is not set: ./test publishes the Native AOT program and sets it.");
        Assert.True(File.Exists(native), $"{NativeVariable} names {native}, which is not there.");
        return (native!, []);
    }
}
