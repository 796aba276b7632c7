ThisBuild / scalaVersion := "2.13.15"
name := "cart"
libraryDependencies ++= Seq(
  "org.scalatest" %% "scalatest" % "3.2.19" % Test,
  "org.scalameta" %% "munit" % "1.0.4" % Test
)
