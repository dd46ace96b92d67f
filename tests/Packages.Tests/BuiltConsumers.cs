namespace Berth.Packages;

/// <summary>The projects of <see cref="ConsumerTests"/>, each with its own packages, restored and built by one command.</summary>
public sealed class BuiltConsumers(PackedFeed feed) : IAsyncLifetime
{
    internal string Folder { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        Folder = FreshProject.CreateFolder(feed, "consumers");
        FreshProject.Write(Folder, "Consumer", feed.Libraries);
        FreshProject.Write(Folder, "PodConsumer", PodProgram.PackagesOf(feed));
        FreshProject.Write(
            Folder, "XunitConsumer", feed.Libraries.Where(static package => package.Id is "Berth.Testing.XunitV3" or "Berth.Kubernetes"));
        string[] names = ["Consumer", "PodConsumer", "XunitConsumer"];
        IEnumerable<string> projects = names.Select(static name => $"""<Project Path="{name}/{name}.csproj" />""");
        await File.WriteAllTextAsync(
            Path.Combine(Folder, "Consumers.slnx"), $"<Solution>{string.Concat(projects)}</Solution>",
            TestContext.Current.CancellationToken);
        // Native code is the matter of NativeConsumerTests.
        await DotnetCommand.RunAsync(Folder, "build", "Consumers.slnx", "-v", "quiet", "-tl:off", "-p:PublishAot=false");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal string ProgramOf(string name) => Path.Combine(Folder, name, "bin", "Debug", "net10.0", name + ".dll");
}
