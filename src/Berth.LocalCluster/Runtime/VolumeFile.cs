namespace Berth.LocalCluster.Runtime;

/// <summary>One file of a volume, with its mode as in <c>chmod</c>.</summary>
internal sealed record VolumeFile(byte[] Content, int Mode);
