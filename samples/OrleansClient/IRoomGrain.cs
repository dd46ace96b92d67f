namespace Samples.OrleansClient;

/// <summary>A room, a grain of the silos.</summary>
[Alias("Samples.Room")]
public interface IRoomGrain : IGrainWithStringKey
{
    /// <summary>Lets a player in.</summary>
    [Alias("Join")]
    Task<string> JoinAsync(string player);
}
