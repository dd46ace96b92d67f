using Samples.OrleansClient;

namespace Samples;

/// <summary>The grain of the Orleans sample, in the silo of the test.</summary>
public sealed class RoomGrain : Grain, IRoomGrain
{
    public Task<string> JoinAsync(string player) => Task.FromResult($"{player} is in room {this.GetPrimaryKeyString()}");
}
