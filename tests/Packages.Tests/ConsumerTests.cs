namespace Berth.Packages;

/// <summary>Fresh programs that take Berth from the packages.</summary>
public sealed class ConsumerTests(BuiltConsumers consumers) : IClassFixture<BuiltConsumers>
{
    [Fact]
    public async Task Fresh_project_with_all_packages_builds_and_runs()
    {
        string output = await DotnetCommand.RunAsync(consumers.Folder, consumers.ProgramOf("Consumer"));

        Assert.Equal(
            """
            pods: service-b-0, service-b-1
            picked: service-b-1
            discovered: service-b-0, service-b-1
            handler: service-b-1
            health: Healthy
            gone: HttpRequestException
            others: service-b-1, service-b-1, service-b-1

            """,
            output,
            ignoreLineEndingDifferences: true);
    }

    [Fact]
    public Task Program_reaches_pods_that_are_killed_and_replaced() =>
        PodProgram.RunAsync(consumers.Folder, "dotnet", consumers.ProgramOf("PodConsumer"));

    [Fact]
    public async Task Tests_with_the_fixtures_of_xunit_run()
    {
        string output = await DotnetCommand.RunAsync(consumers.Folder, consumers.ProgramOf("XunitConsumer"));

        Assert.Matches(@"Total: 2, Errors: 0, Failed: 0, Skipped: 0", output);
    }
}
