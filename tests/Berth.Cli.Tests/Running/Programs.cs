using System.Diagnostics;

namespace Berth.Cli.Tests.Running;

/// <summary>
/// The forms of the program: the built assembly through dotnet, and the Native AOT programs that ./test publishes, whole and for the image.
/// </summary>
internal static class Programs
{
    public const string Managed = "managed";

    /// <summary>
    /// Any form of the program: the native one if it is built, because it starts in a tenth of the time, else the managed one.
    /// </summary>
    public const string Any = "any";

    public const string Native = "native";
    public const string Image = "image";

    /// <summary>Names the Native AOT program. Not set, its tests are skipped.</summary>
    private const string NativeVariable = "BERTH_AOT_PROGRAM";

    /// <summary>Names the one without the local cluster.</summary>
    private const string ImageVariable = "BERTH_IMAGE_PROGRAM";

    public static TheoryData<string> Both { get; } = [Managed, Native];

    /// <summary>All forms, for tests of what the image is for.</summary>
    public static TheoryData<string> All { get; } = [Managed, Native, Image];

    /// <summary>
    /// True when this user may create a mount namespace. Then pods of <c>berth up</c> have volumes and names of Services.
    /// </summary>
    public static async Task<bool> CanMountAsync()
    {
        if (!OperatingSystem.IsLinux())
            return false;
        using Process process = Process.Start("unshare", ["--user", "--map-root-user", "--mount", "true"]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode == 0;
    }

    public static (string Executable, string[] Leading) Find(string form)
    {
        if (form == Managed || (form == Any && Environment.GetEnvironmentVariable(NativeVariable) is null or ""))
            return ("dotnet", [Path.Combine(AppContext.BaseDirectory, "Berth.Cli.dll")]);
        string variable = form == Image ? ImageVariable : NativeVariable;
        string? native = Environment.GetEnvironmentVariable(variable);
        Assert.SkipWhen(string.IsNullOrEmpty(native), $"{variable} is not set: ./test publishes the Native AOT programs and sets it.");
        Assert.True(File.Exists(native), $"{variable} names {native}, which is not there.");
        return (native!, []);
    }
}
