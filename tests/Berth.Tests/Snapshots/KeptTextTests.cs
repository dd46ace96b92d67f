namespace Berth.Snapshots;

/// <summary>The memory that a written list keeps. It is the memory of the whole process, so no other test runs meanwhile.</summary>
[CollectionDefinition(nameof(KeptTextTests), DisableParallelization = true)]
[Collection(nameof(KeptTextTests))]
public sealed class KeptTextTests
{
    [Fact]
    public void A_written_list_keeps_no_text_of_its_pods()
    {
        EndpointSnapshot snapshot = LargeLists.Build(LargeLists.Count, LargeLists.AddressOf);
        Assert.True(LargeLists.Write(snapshot) > LargeLists.Count * 100);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        EndpointSnapshot other = LargeLists.Build(LargeLists.Count, LargeLists.AddressOf);
        long listed = GC.GetTotalMemory(forceFullCollection: true) - before;
        LargeLists.Write(other);
        long kept = GC.GetTotalMemory(forceFullCollection: true) - before - listed;
        GC.KeepAlive(snapshot);
        GC.KeepAlive(other);
        // The text of an address with a port is 60 bytes as a string. What else the process keeps has a margin.
        Assert.True(kept < LargeLists.Count * 30, $"Writing {LargeLists.Count} pods kept {kept} bytes; the list itself is {listed}.");
    }
}
