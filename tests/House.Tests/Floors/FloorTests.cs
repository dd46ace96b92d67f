using Berth.TestKit;

namespace Berth.House.Floors;

public class FloorTests
{
    public static TheoryData<string> Projects =>
        [.. Directory.EnumerateDirectories(Path.Combine(Checkout.Root, "src")).Select(static folder => Path.GetFileName(folder)!)
            .Order(StringComparer.Ordinal)];

    /// <summary>All other projects of the checkout, at any depth: tests, benchmarks, fuzzing and samples.</summary>
    public static TheoryData<string> ProjectsWithoutFloors =>
        [.. Outside.SelectMany(static root => Directory.EnumerateFiles(root, "*.csproj", SearchOption.AllDirectories))
            .Select(static file => Path.GetRelativePath(Checkout.Root, Path.GetDirectoryName(file)!)).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Outside => Directory.EnumerateDirectories(Checkout.Root)
        .Where(static root => Path.GetFileName(root) is not ("src" or "artifacts") && !Path.GetFileName(root).StartsWith('.'));

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

    [Theory]
    [MemberData(nameof(ProjectsWithoutFloors))]
    public void Folders_outside_src_have_no_circles(string project)
    {
        ProjectSource source = ProjectSource.Read(Path.Combine(Checkout.Root, project));
        Assert.NotEmpty(source.Folders);
        // One folder has no other to use.
        if (source.Folders.Count() == 1)
            return;

        IEnumerable<string> circles = Circles.Find(source.FindArrows())
            .Select(static a => $"{a.File}:{a.Line} uses {a.Type} of {a.Used}, which leads back to {a.Folder}. Move one of them.");
        Assert.Equal("", string.Join('\n', circles));
    }

    [Fact]
    public void Every_source_file_outside_src_is_in_a_checked_project()
    {
        string[] projects =
            [.. ProjectsWithoutFloors.Select(static row => Path.Combine(Checkout.Root, row.Data) + Path.DirectorySeparatorChar)];
        string[] files = [.. Outside.SelectMany(static root => Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories))];

        Assert.Contains(Path.Combine(Checkout.Root, "bench", "Driver", "Program.cs"), files);
        Assert.DoesNotContain(files, file => !projects.Any(project => file.StartsWith(project, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_circle_is_found_and_what_only_leads_to_it_is_not()
    {
        Arrow[] arrows = [Uses("A", "B"), Uses("B", "C"), Uses("C", "D"), Uses("D", "B"), Uses("C", "E"), Uses("F", "E")];

        Assert.Equal(["B C", "C D", "D B"], Circles.Find(arrows).Select(static a => $"{a.Folder} {a.Used}"));
        Assert.Empty(Circles.Find(arrows.Where(static a => a.Used != "B")));

        static Arrow Uses(string folder, string used) => new(folder, used, "file.cs", 1, "Type");
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Internal_namespaces_follow_folders(string project) =>
        Assert.Equal("", string.Join('\n', Namespaces.FindFaults(Path.Combine(Checkout.Root, "src", project))));

    [Fact]
    public void A_namespace_that_does_not_follow_its_folder_is_found()
    {
        using TestFolder folder = new();
        folder.Write("Some.Project/Low/A.cs", "namespace Some.Project; public class A; internal class B;");
        folder.Write("Some.Project/Low/C.cs", "namespace Some.Project.Low { internal class C; public class D; }");
        folder.Write("Some.Project/Program.cs", "return 0;");

        Assert.Equal(
            [$"{Path.Combine("Low", "A.cs")} has a type in Some.Project. Put it into Some.Project.Low."],
            Namespaces.FindFaults(folder["Some.Project"]));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Projects_of_src_have_no_global_usings_of_their_own_folders(string project) =>
        Assert.Empty(GlobalUsings.OfOwnFolders(Path.Combine(Checkout.Root, "src", project)));

    [Theory]
    [MemberData(nameof(ProjectsWithoutFloors))]
    public void Other_projects_have_no_global_usings_of_their_own_folders(string project) =>
        Assert.Empty(GlobalUsings.OfOwnFolders(Path.Combine(Checkout.Root, project)));

    [Theory]
    [InlineData("Some.Project/Some.Project.csproj", "<Project><ItemGroup><Using Include=\"Some.Low\" /></ItemGroup></Project>")]
    [InlineData("Some.Project/more.props", "<Project><ItemGroup><Using Include=\"Some.Low\" /></ItemGroup></Project>")]
    [InlineData("Directory.Build.props", "<Project><ItemGroup><Using Include=\"Some.Low\" /></ItemGroup></Project>")]
    [InlineData("Some.Project/Usings.cs", "global using Some.Low;")]
    public void A_global_using_of_an_own_folder_is_found_wherever_it_is(string file, string text)
    {
        using TestFolder folder = new();
        folder.Write("Berth.slnx", "");
        folder.Write("Some.Project/Some.Project.csproj", "<Project />");
        folder.Write("Some.Project/Low/A.cs", "namespace Some.Low;\nclass A { }");
        string project = folder["Some.Project"];
        Assert.Empty(GlobalUsings.OfOwnFolders(project));

        folder.Write(file, text);

        Assert.Equal(["Some.Low"], GlobalUsings.OfOwnFolders(project));
    }
}
