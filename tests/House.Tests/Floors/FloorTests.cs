using Berth.TestKit;

namespace Berth.House.Floors;

public class FloorTests
{
    public static TheoryData<string> Projects =>
        [.. Directory.EnumerateDirectories(Path.Combine(Checkout.Root, "src")).Select(static folder => Path.GetFileName(folder)!)
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_use_lower_floors_only(string project)
    {
        string folder = Path.Combine(Checkout.Root, "src", project);
        FloorPlan plan = FloorPlan.Parse(File.ReadLines(Path.Combine(folder, "floors.txt")));
        ProjectSource source = ProjectSource.Read(folder);
        Assert.Equal(source.Folders.Order(StringComparer.Ordinal), plan.Folders.Order(StringComparer.Ordinal));

        List<Arrow> arrows = [.. source.FindArrows()];
        // A project of several folders has arrows: otherwise nothing was read.
        Assert.True(arrows.Count > 0 || plan.Folders.Count == 1);
        IEnumerable<string> faults = arrows.Select(arrow => (arrow, fault: plan.FindFault(arrow.Folder, arrow.Used)))
            .Where(static a => a.fault is not null)
            .Select(
                static a => $"{a.arrow.File}:{a.arrow.Line} uses {a.arrow.Type}, and {a.fault}. Move one of them, or cut the reference.");
        Assert.Equal("", string.Join('\n', faults));
    }

    [Fact]
    public void An_inferred_type_of_a_higher_floor_is_found()
    {
        using TestFolder folder = new();
        string project = folder["Some.Project"];
        folder.Write("Some.Project/Some.Project.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\" />");
        folder.Write("Some.Project/Low/A.cs", "namespace Some.Low; class A { void M() { var b = Some.Maker.Make(); b.ToString(); } }");
        folder.Write("Some.Project/High/B.cs", "namespace Some.High; class B { }");
        folder.Write("Some.Project/Maker.cs", "namespace Some; static class Maker { internal static Some.High.B Make() => new(); }");
        FloorPlan plan = FloorPlan.Parse(["(root)", "Low # the ground", "High"]);

        IEnumerable<string?> faults = ProjectSource.Read(project)
            .FindArrows().Where(static a => a.Folder == "Low").Select(a => plan.FindFault(a.Folder, a.Used));
        Assert.Contains("High is 1 above Low", faults);
    }

    [Fact]
    public void Folders_on_one_floor_may_not_use_each_other() =>
        Assert.Equal("A and B are on one floor", FloorPlan.Parse(["A B", "C"]).FindFault("A", "B"));

    [Fact]
    public void Projects_have_no_global_usings_of_their_own_folders() =>
        Assert.DoesNotContain(
            Directory.EnumerateFiles(Path.Combine(Checkout.Root, "src"), "*.csproj", SearchOption.AllDirectories),
            static path =>
            {
                string own = $"<Using Include=\"{Path.GetFileNameWithoutExtension(path)}";
                return File.ReadAllText(path).Contains(own, StringComparison.Ordinal);
            });
}
