namespace Berth.LocalCluster.Runtime;

/// <summary>One file of a volume and its mode, as <c>chmod</c> takes it.</summary>
internal sealed record VolumeFile(byte[] Content, int Mode);
